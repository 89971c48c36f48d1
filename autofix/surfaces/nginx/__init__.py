"""What does the web server in front say, and what is wrong with it?"""
