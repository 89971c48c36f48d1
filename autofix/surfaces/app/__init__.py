"""What does the source of a service promise to the container around it?"""
