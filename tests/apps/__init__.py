"""Do the golden applications, before and after their fixes, answer on real frameworks as the fixes promise?"""
