"""What is wrong with how the files of a repository work together?"""
