from python:3.12-slim
cmd python manage.py runserver 0.0.0.0:8000
