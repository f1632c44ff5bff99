# Two images of one release: the site (`web`, the default) and nginx in front of it (`proxy`). compose.yaml builds both
# and says how they are started; docs/operations.md says how to put them on a server.
#
# The site alone: `docker build -t medspa-blog .`; it listens on port 8000 and needs SECRET_KEY, SITE_URL and, for more
# than one container, DATABASE_URL. What it writes lies in /var/lib/blog: mount a volume there. Before the first start
# and after each new release: `docker run … python manage.py prepare`.

FROM python:3.13-slim AS site

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/blog STATIC_ROOT=/srv/blog/collected BIND=0.0.0.0:8000

# The folders of pictures belong to the site's user, so that new volumes mounted there do, too. Into the one where
# readers are counted nginx writes as another user.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/blog --shell /usr/sbin/nologin blog \
    && mkdir -p /var/lib/blog/media /var/lib/blog/masters /var/lib/blog/private /var/lib/blog/reads \
    && chown -R blog:blog /var/lib/blog && chmod 777 /var/lib/blog/reads

WORKDIR /srv/blog
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore -r requirements.txt

COPY manage.py ./
COPY medspa ./medspa
COPY blog ./blog
COPY templates ./templates
COPY static ./static
COPY docs/writing.md ./docs/
COPY deploy/healthcheck.py ./deploy/
# The key is for this one command: it signs nothing and is in no layer.
RUN python -m compileall -q blog medspa \
    && SECRET_KEY=only-while-building VAR_DIR=/tmp/build python manage.py collectstatic --noinput -v0 \
    && rm -rf /tmp/build

# nginx with the static files of exactly this release.
FROM nginx:1.30-alpine-slim AS proxy

COPY deploy/nginx /srv/proxy
COPY --from=site /srv/blog/collected /srv/blog/static
# Folders that volumes are mounted on belong to the unprivileged user, so that new volumes do, too.
RUN mkdir -p /srv/blog/media /srv/certificates /srv/challenges /var/cache/blog /srv/reads \
    && chown 101:101 /srv/certificates /srv/challenges /var/cache/blog && chmod 777 /srv/reads

USER 101:101
EXPOSE 8080 8443
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8081/"]
ENTRYPOINT []
CMD ["sh", "/srv/proxy/start.sh"]

FROM site AS web

USER 10001:10001
VOLUME /var/lib/blog
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "-c", "python:medspa.gunicorn"]
