"""What stands in a file of environment variables?"""
