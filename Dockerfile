# The app. With docker-compose.yml it uses the three real stores; by itself it starts its own and keeps them in /data:
#   docker build --tag qure . && docker run --init --publish 8501:8501 --volume qure:/data qure
FROM python:3.12-slim

RUN useradd --create-home qure && install --directory --owner=qure --mode=700 /data /data/backups
WORKDIR /app

# By name, so that nothing else (a .env with passwords, a .git) can get into the image.
COPY pyproject.toml README.md LICENSE streamlit_app.py ./
COPY .streamlit .streamlit
COPY core core
COPY etl etl
COPY pages pages
RUN pip install --no-cache-dir .

USER qure
ENV QURE_DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/health', timeout=4)"]
CMD ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
