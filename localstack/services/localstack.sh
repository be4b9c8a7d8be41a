# LocalStack: Kinesis, SQS, SNS, KMS and its own S3. Its DynamoDB does not run here; DynamoDB Local does.

localstack_needs() { needs python3.11 node npm; }

localstack_install() {
  installed localstack "$LOCALSTACK" && return
  rm -rf "$cache/localstack"
  python3.11 -m venv "$cache/localstack"
  # shellcheck disable=SC2086 # the pins are a list
  "$cache/localstack/bin/pip" install --quiet "localstack-core[runtime]==$LOCALSTACK" $(pins)
  installed_is localstack "$LOCALSTACK"
}

# Each pin as one word, whatever the shell makes of `<`.
pins() { printf '%s\n' $LOCALSTACK_PINS; }

localstack_start() {
  mkdir -p "$home/localstack"
  start localstack env LOCALSTACK_VOLUME_DIR="$home/localstack" FILESYSTEM_ROOT="$cache/localstack/filesystem" \
    GATEWAY_LISTEN="127.0.0.1:${port[localstack]}" SERVICES=kinesis,s3,sqs,sns,kms KINESIS_SHARD_LIMIT=1000 \
    SKIP_SSL_CERT_DOWNLOAD=1 DISABLE_EVENTS=1 DNS_ADDRESS=0 \
    "$cache/localstack/bin/python" -m localstack.runtime.main
}

# Kinesis is fetched and started by the first call, which may take half a minute.
localstack_answers() {
  curl -fsS --max-time 60 "http://127.0.0.1:${port[localstack]}/" -H 'content-type: application/x-amz-json-1.1' \
    -H 'x-amz-target: Kinesis_20131202.ListStreams' -H "$localstack_signed" -d '{}'
}

# LocalStack takes any signature; the header tells which service is meant.
localstack_signed='authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0'

localstack_exports() {
  echo "export AWS_ENDPOINT_URL_KINESIS=http://127.0.0.1:${port[localstack]}"
  for service in SQS SNS KMS; do
    echo "export AWS_ENDPOINT_URL_$service=http://127.0.0.1:${port[localstack]}"
  done
  echo "export LOCALSTACK_S3=http://127.0.0.1:${port[localstack]}"
}
