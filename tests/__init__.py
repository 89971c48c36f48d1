"""Code only; what is tested on lies in golden/."""
