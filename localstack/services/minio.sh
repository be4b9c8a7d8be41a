# MinIO: built from source, since its images and binaries are not published any more.

minio_needs() { needs go; }

minio_install() {
  installed minio "$MINIO" && return
  rm -rf "$cache/minio"
  mkdir -p "$cache/minio"
  GOBIN="$cache/minio" go install "github.com/minio/minio@$MINIO"
  installed_is minio "$MINIO"
}

minio_start() {
  mkdir -p "$home/minio"
  start minio env MINIO_ROOT_USER=weirlocal MINIO_ROOT_PASSWORD=weirlocalsecret MINIO_BROWSER=off MINIO_UPDATE=off \
    "$cache/minio/minio" server --quiet --address "127.0.0.1:${port[minio]}" "$home/minio"
}

minio_answers() { curl -fsS "http://127.0.0.1:${port[minio]}/minio/health/ready"; }

minio_exports() { echo "export AWS_ENDPOINT_URL_S3=http://127.0.0.1:${port[minio]}"; }
