# One image for web, worker, beat and migrate; docker-compose.yml says which is which. By itself it runs all of them,
# with the embedded broker and SQLite: `docker run -p 8000:8000 -v papers:/var/lib/papers IMAGE`.
FROM python:3.11.15-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    VAR_DIR=/var/lib/papers

# The folder is the user's own before a volume is mounted over it, so the volume will be, too.
RUN useradd --system --uid 10001 --no-create-home papers \
    && install -d -o papers -g papers -m 700 "$VAR_DIR"

# What changes rarely comes first: an edit of the code does not install everything again.
WORKDIR /srv/papers
COPY requirements.txt constraints.txt ./
RUN pip install -r requirements.txt -c constraints.txt

# The code stays root's: a service that is broken into cannot rewrite itself.
COPY . .
RUN python -m compileall -q newsletter digests subscribers

# By number, for a cluster that wants to see that it is not root.
USER 10001
EXPOSE 8000
CMD ["python", "manage.py", "up", "--host", "0.0.0.0"]
