"""How do fixes become requests that people review and merge?"""
