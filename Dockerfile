# The site as a container: `docker build -t medspa-blog .`
# It listens on port 8000 and needs SECRET_KEY, SITE_URL and, for more than one container, DATABASE_URL.
# What it writes (pictures; the database file, if SQLite) lies in /var/lib/blog: mount a volume there.
# Before the first start and after each new release: `docker run … python manage.py migrate`.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/blog STATIC_ROOT=/srv/blog/collected BIND=0.0.0.0:8000

RUN useradd --system --uid 10001 --home-dir /var/lib/blog --create-home --shell /usr/sbin/nologin blog

WORKDIR /srv/blog
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore -r requirements.txt

COPY . .
# The key is for this one command: it signs nothing and is in no layer.
RUN python -m compileall -q blog medspa \
    && SECRET_KEY=only-while-building VAR_DIR=/tmp/build python manage.py collectstatic --noinput -v0 \
    && rm -rf /tmp/build

USER blog
VOLUME /var/lib/blog
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "-c", "python:medspa.gunicorn"]
