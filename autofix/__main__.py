"""How does `python -m autofix` start?"""

from autofix.cli import main

if __name__ == "__main__":
    main()
