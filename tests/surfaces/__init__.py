"""Do the documents say what the files say?"""
