# Kafka: one broker that is its own controller (KRaft), topics made by `weir stack apply` alone.

kafka_needs() { needs java mvn; }

kafka_install() {
  installed kafka "$KAFKA" && return
  rm -rf "$cache/kafka"
  maven "$cache/kafka" "org.apache.kafka:kafka_2.13:$KAFKA" "org.apache.kafka:kafka-tools:$KAFKA" \
    "org.slf4j:slf4j-simple:$KAFKA_LOG"
  installed_is kafka "$KAFKA"
}

kafka_start() {
  local data="$home/kafka" settings="$home/kafka.properties" classes="$cache/kafka/lib/*"
  cat >"$settings" <<SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${port[kafka_controller]}
listeners=PLAINTEXT://127.0.0.1:${port[kafka]},CONTROLLER://127.0.0.1:${port[kafka_controller]}
advertised.listeners=PLAINTEXT://127.0.0.1:${port[kafka]}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$data
auto.create.topics.enable=${KAFKA_AUTO_CREATE:-false}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
SETTINGS
  if [ ! -e "$data/meta.properties" ]; then
    java -cp "$classes" kafka.tools.StorageTool format -t "$(kafka_cluster_id)" -c "$settings" >>"$home/kafka.log" 2>&1 ||
      { tail -n 20 "$home/kafka.log" >&2; fail "kafka's folder cannot be made"; }
  fi
  start kafka java -Xms256m -Xmx512m -cp "$classes" kafka.Kafka "$settings"
}

# 16 bytes in base64 for a URL, as Kafka wants it.
kafka_cluster_id() { head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | tr -d '='; }

# The port opens before the broker takes requests; its log says when it does.
kafka_answers() { grep -q 'Kafka Server started' "$home/kafka.log" && listens "${port[kafka]}"; }

kafka_exports() { echo "export KAFKA_BOOTSTRAP=127.0.0.1:${port[kafka]}"; }
