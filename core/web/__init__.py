"""What the screens and the API share as guests of one web server: who may ask, who asks, writes done once, news."""
