"""What do the Kubernetes manifests say about the workloads, and what is wrong with it?"""
