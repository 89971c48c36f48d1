"""What do the workflows build, test and publish, and what is wrong with it?"""
