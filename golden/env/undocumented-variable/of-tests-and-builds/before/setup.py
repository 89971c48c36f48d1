import os

from setuptools import setup

setup(name="shop", version=os.environ["SHOP_BUILD"])
