import os

TITLE = os.environ["SHOP_TITLE"]
STREET = os.environ["SHOP_STREET"]
