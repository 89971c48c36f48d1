"""What does a Dockerfile say, and where?"""
