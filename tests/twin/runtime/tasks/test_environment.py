"""What a task's process is told."""

from twin.runtime.tasks.environment import AWS_HOSTS, environment_of, normalised, store_names, with_stores

REGION = "eu-west-2"
WRITER = "core.cluster-abc.eu-west-2.rds.amazonaws.com"
READER = "core.cluster-ro-abc.eu-west-2.rds.amazonaws.com"


def made(declared: dict[str, str], proxy: str | None = "http://127.0.1.3:9001") -> dict[str, str]:
    return environment_of(
        declared,
        region=REGION,
        address="127.0.1.80",
        proxy=proxy,
        stores={WRITER: "127.0.1.5", READER: "127.0.1.6"},
        credentials={"AWS_ACCESS_KEY_ID": "ASIA0", "AWS_SECRET_ACCESS_KEY": "s"},
        path="/bin",
    )


def test_beside_its_own_a_task_has_standard_settings_only() -> None:
    assert made({"ESTATE_SERVICE": "case"}) == {
        "PATH": "/bin",
        "HOME": "/",
        "ESTATE_SERVICE": "case",
        "HTTP_PROXY": "http://127.0.1.3:9001",
        "http_proxy": "http://127.0.1.3:9001",
        "NO_PROXY": "localhost,127.0.0.1,127.0.1.80",
        "no_proxy": "localhost,127.0.0.1,127.0.1.80",
        **{
            f"AWS_ENDPOINT_URL_{key}": f"http://{host}.eu-west-2.amazonaws.com"
            for key, host in AWS_HOSTS.items()
        },
        "AWS_REGION": "eu-west-2",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_ACCESS_KEY_ID": "ASIA0",
        "AWS_SECRET_ACCESS_KEY": "s",
        "PGSSLMODE": "disable",
        "ESTATE_CACHE_TLS": "false",
        "ESTATE_PARTNER_SCHEME": "http",
        "ESTATE_SERVICE_MILLISECONDS": "20",
        "ESTATE_HOST": "127.0.1.80",
    }


def test_the_scale_of_the_model_is_the_definitions_where_it_names_one() -> None:
    assert made({"ESTATE_SERVICE_MILLISECONDS": "1000"})["ESTATE_SERVICE_MILLISECONDS"] == "1000"


def test_names_of_stores_are_their_relays_addresses_wherever_they_stand() -> None:
    declared = {"STORES": f'{{"writer": "{WRITER}", "reader": "{READER}", "port": 5432}}'}
    assert made(declared)["STORES"] == '{"writer": "127.0.1.5", "reader": "127.0.1.6", "port": 5432}'


def test_a_name_within_another_name_is_left_to_the_longer_one() -> None:
    assert with_stores("x.db y.x.db", {"x.db": "1", "y.x.db": "2"}) == "1 2"


def test_a_store_without_relay_keeps_its_name() -> None:
    other = "sessions.xyz.cache.amazonaws.com"
    assert made({"CACHE": other})["CACHE"] == other


def test_without_egress_there_is_no_proxy() -> None:
    assert "HTTP_PROXY" not in made({}, proxy=None)


def test_the_emulators_own_address_is_not_told() -> None:
    value = normalised("http://127.0.0.1:42637/123456789012/case-work", REGION)
    assert value == "http://sqs.eu-west-2.amazonaws.com/123456789012/case-work"


def test_stores_are_known_by_their_names() -> None:
    assert store_names(
        [f"x {WRITER}:5432", "redis://sessions.abc.ng.0001.euw2.cache.amazonaws.com:6379", "no"]
    ) == {
        WRITER,
        "sessions.abc.ng.0001.euw2.cache.amazonaws.com",
    }
