import os

SLOW = os.environ.get("SHOP_SLOW_BROWSER", "true")
