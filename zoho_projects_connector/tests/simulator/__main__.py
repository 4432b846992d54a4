"""``python -m simulator``."""

from .server import main

if __name__ == "__main__":
    main()
