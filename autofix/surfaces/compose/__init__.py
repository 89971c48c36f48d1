"""What do the compose files say about the services, and what is wrong with it?"""
