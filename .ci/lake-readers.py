"""Opens every table of a lake with delta-rs' Python, DuckDB and Spark, and compares what they read."""

import json
import os
import pathlib
import subprocess
import sys

import deltalake
import duckdb
from pyspark.sql import SparkSession

weir, root, jars = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
tables = sorted(path.parent for path in root.glob("*/*/_delta_log"))
assert len(tables) >= 13, tables


def ask(query):
    row = json.loads(subprocess.check_output([weir, "sql", "--format", "json", query]))[0]
    # 64-bit ids are texts in JSON.
    return {name: value if value is None else int(value) for name, value in row.items()}


def numbers(name, schema):
    whole = [field.name for field in schema.fields if str(field.type) == 'PrimitiveType("long")']
    return [column for column in whole if not column.endswith("_key")]


expected = {}
for path in tables:
    name = f"{path.parent.name}.{path.name}"
    table = deltalake.DeltaTable(str(path))
    schema = table.schema()
    columns = numbers(name, schema)
    sums = "".join(f", CAST(sum({column}) AS BIGINT) AS {column}" for column in columns)
    own = ask(f"SELECT count(*) AS rows{sums} FROM {name}")
    database = duckdb.connect()
    data = table.to_pyarrow_dataset()
    database.register("t", data)
    other = database.execute(f"SELECT count(*){sums} FROM t").fetchone()
    assert list(own.values()) == list(other), (name, own, other)
    files = [str(path / file) for file in data.files] if not data.files or not data.files[0].startswith("/") else data.files
    if files:
        rows = database.execute("SELECT count(*) FROM read_parquet(?)", [list(files)]).fetchone()[0]
        assert rows == own["rows"], (name, rows, own["rows"])
    unsigned = [field.name for field in data.schema if str(field.type).startswith("uint")]
    times = [field for field in data.schema if str(field.type).startswith("timestamp")]
    assert not unsigned and all(str(field.type) == "timestamp[us, tz=UTC]" for field in times), (name, data.schema)
    history = table.history()
    assert len(history) == table.version() + 1, (name, len(history), table.version())
    first = deltalake.DeltaTable(str(path), version=0)
    assert first.version() == 0
    expected[name] = (str(path), own, columns)
    print(f"lake: {name}: {own['rows']} rows, {len(columns)} sums, {len(history)} versions agree")

os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
settings = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.jars": ",".join(str(jar) for jar in sorted(jars.glob("*.jar"))),
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.shuffle.partitions": "2",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.session.timeZone": "UTC",
    # Small tables are read sooner than code for them is made.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}
builder = SparkSession.builder.master("local[2]")
for name, value in settings.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
for name, (path, own, columns) in expected.items():
    frame = spark.read.format("delta").load(path)
    sums = [f"CAST(sum({column}) AS BIGINT)" for column in columns]
    found = list(frame.selectExpr("count(*)", *sums).collect()[0])
    assert found == list(own.values()), (name, found, own)
    table = deltalake.DeltaTable(path)
    held = [(field["name"], field["type"]) for field in json.loads(table.schema().to_json())["fields"]]
    types = [(field["name"], field["type"]) for field in frame.schema.jsonValue()["fields"]]
    assert types == held, (name, types, held)
    history = spark.sql(f"DESCRIBE HISTORY delta.`{path}`").count()
    assert history == table.version() + 1, (name, history)
    first = spark.read.format("delta").option("versionAsOf", 0).load(path)
    assert first.count() == 0, (name, first.count())
print(f"lake: Spark {spark.version} reads {len(expected)} tables alike: rows, sums, types, versions")
