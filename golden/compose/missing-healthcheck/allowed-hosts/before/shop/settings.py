ALLOWED_HOSTS = ["shop.example.com"]
ROOT_URLCONF = "shop.urls"
