"""What does a shell script run, read and set, and where exactly does it say so?"""
