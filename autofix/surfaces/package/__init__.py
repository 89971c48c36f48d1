"""What do the files around a package say: its manifest, its locks, its schema, what is left out of images and git?

Facts only. Nothing here is edited, so these are plain values of a `Source` and no documents.
"""
