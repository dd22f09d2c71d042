"""What gunicorn serves."""

from ecp import create_app

app = create_app()
