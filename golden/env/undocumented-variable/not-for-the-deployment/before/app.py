import os

LEVEL = os.environ["LOG_LEVEL"]
COMMIT = os.environ["GIT_COMMIT"]
POD = os.environ["POD_NAME"]
TEST = os.environ["TEST_DATABASE_URL"]
