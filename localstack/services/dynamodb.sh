# DynamoDB Local: in memory, so that a restart begins with empty tables.

dynamodb_needs() { needs java mvn; }

dynamodb_install() {
  installed dynamodb "$DYNAMODB" && return
  rm -rf "$cache/dynamodb"
  maven "$cache/dynamodb" "software.amazon.dynamodb:DynamoDBLocal:$DYNAMODB"
  installed_is dynamodb "$DYNAMODB"
}

dynamodb_start() {
  local libraries="$cache/dynamodb/lib"
  start dynamodb java -Xms256m -Xmx2g -Djava.library.path="$libraries" -DDDBLocalTelemetry=0 -cp "$libraries/*" \
    software.amazon.dynamodb.services.local.main.ServerRunner -inMemory -disableTelemetry -port "${port[dynamodb]}"
}

dynamodb_answers() { listens "${port[dynamodb]}"; }

dynamodb_exports() {
  echo "export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:${port[dynamodb]}"
  echo "export AWS_ENDPOINT_URL_DYNAMODB_STREAMS=http://127.0.0.1:${port[dynamodb]}"
}
