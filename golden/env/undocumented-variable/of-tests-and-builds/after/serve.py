import os

TITLE = os.environ["SHOP_TITLE"]
LIMIT = int(os.environ.get("SHOP_LIMIT", "20"))
