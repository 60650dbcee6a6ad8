import itertools

import pytest

from tests.twin.aws.emulator.monitoring.virtual import ACCOUNT, POLICY, REGION, START, TOPIC, Virtual
from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.evaluator import phase_seconds


@pytest.fixture
def cloudwatch() -> Virtual:
    return Virtual()


def test_a_new_alarm_has_insufficient_data_until_it_is_evaluated(cloudwatch: Virtual) -> None:
    alarm = cloudwatch.put_alarm()
    assert (alarm.state, alarm.document["StateReason"]) == (
        State.INSUFFICIENT_DATA,
        "Unchecked: Initial alarm creation",
    )
    cloudwatch.run(121, value=9.0)
    assert cloudwatch.state() == "ALARM"


def test_an_alarm_is_evaluated_once_a_minute_at_its_own_moment(cloudwatch: Virtual) -> None:
    alarm = cloudwatch.put_alarm()
    cloudwatch.run(180, value=9.0)
    (at, _) = cloudwatch.told[0]
    assert at % 60 == pytest.approx(phase_seconds(alarm.arn, 60), abs=1)


def test_a_high_resolution_alarm_is_evaluated_every_ten_seconds(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm(Period=10, EvaluationPeriods=3)
    cloudwatch.run(60, value=1.0, every=5, resolution=1)
    assert cloudwatch.state() == "OK"
    cloudwatch.run(45, value=9.0, every=5, resolution=1)
    at, _ = cloudwatch.told[-1]
    assert (cloudwatch.state(), 90 <= at <= 101) == ("ALARM", True)


def test_an_alarm_of_more_than_a_day_is_evaluated_once_an_hour(cloudwatch: Virtual) -> None:
    alarm = cloudwatch.put_alarm(Period=21_600, EvaluationPeriods=5, DatapointsToAlarm=1)
    cloudwatch.put(9.0, ago=21_600)
    phase = phase_seconds(alarm.arn, 3600)
    due = START + (phase - START) % 3600
    for now in (START, due - 1):
        cloudwatch.monitoring.tick(now)
    assert cloudwatch.state() == "INSUFFICIENT_DATA"
    cloudwatch.monitoring.tick(due + 1)
    assert cloudwatch.state() == "ALARM"


def test_a_window_slides_by_the_minute_whatever_the_period(cloudwatch: Virtual) -> None:
    """Source: "Alarm evaluation": of an alarm of five minutes, the data from minutes 2 to 6 at the end of minute 6."""
    cloudwatch.put_alarm(Period=300, Statistic="Sum", Threshold=4.5)
    cloudwatch.run(600, value=1.0)
    assert cloudwatch.state() == "ALARM"
    cloudwatch.run(60, value=0.0)
    cloudwatch.run(60, value=0.0)
    assert cloudwatch.state() == "OK"


def test_actions_are_carried_out_at_a_change_of_state_and_only_then(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm()
    cloudwatch.run(600, value=9.0)
    cloudwatch.run(600, value=1.0)
    assert cloudwatch.actions() == [("a", "ALARM"), ("a", "OK")]


def test_an_action_is_told_states_datapoint_and_threshold(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm()
    cloudwatch.run(180, value=9.0)
    told = cloudwatch.told[0][1]
    assert (told.old_state, told.new_state, told.datapoint, told.threshold, told.action_arn) == (
        State.INSUFFICIENT_DATA,
        State.ALARM,
        9.0,
        5.0,
        TOPIC,
    )


@pytest.mark.parametrize(("period", "resolution"), [(60, 60), (20, 1)])
def test_a_scaling_action_is_carried_out_again_each_minute(
    cloudwatch: Virtual, period: int, resolution: int
) -> None:
    cloudwatch.put_alarm(Period=period, AlarmActions=[POLICY, TOPIC], OKActions=[])
    cloudwatch.run(400, value=9.0, every=10, resolution=resolution)
    times = [at for at, it in cloudwatch.told if it.action_arn == POLICY]
    assert {round(later - earlier) for earlier, later in itertools.pairwise(times)} == {60}
    assert len(times) >= 5
    assert [it.action_arn for _, it in cloudwatch.told].count(TOPIC) == 1
    assert [it.is_repeated for _, it in cloudwatch.told if it.action_arn == POLICY][:2] == [False, True]


def test_a_repeated_scaling_action_is_told_the_latest_datapoint(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm(AlarmActions=[POLICY])
    cloudwatch.run(120, value=9.0)
    cloudwatch.run(180, value=12.0)
    assert (cloudwatch.told[0][1].datapoint, cloudwatch.told[-1][1].datapoint) == (9.0, 12.0)


def test_no_scaling_action_is_carried_out_once_the_metric_has_stopped(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm(AlarmActions=[POLICY], OKActions=[POLICY])
    cloudwatch.run(180, value=9.0)
    cloudwatch.run(400)
    told = len(cloudwatch.told)
    cloudwatch.run(600)
    assert (cloudwatch.state(), len(cloudwatch.told)) == ("INSUFFICIENT_DATA", told)


def test_actions_that_are_switched_off_are_not_carried_out(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm(ActionsEnabled=False)
    cloudwatch.run(180, value=9.0)
    assert (cloudwatch.state(), cloudwatch.told) == ("ALARM", [])


def test_a_state_set_by_hand_lasts_until_the_next_evaluation_and_carries_out_actions(
    cloudwatch: Virtual,
) -> None:
    cloudwatch.put_alarm()
    cloudwatch.run(180, value=1.0)
    cloudwatch.set_state(State.ALARM, data={"recentDatapoints": [77.0]})
    assert (cloudwatch.state(), cloudwatch.told[-1][1].datapoint) == ("ALARM", 77.0)
    cloudwatch.run(61, value=1.0)
    assert cloudwatch.actions() == [("a", "OK"), ("a", "ALARM"), ("a", "OK")]


def test_a_changed_alarm_keeps_its_state_and_counts_from_its_next_evaluation(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm()
    cloudwatch.run(180, value=9.0)
    changed = cloudwatch.put_alarm(Threshold=10.0)
    assert changed.state is State.ALARM
    cloudwatch.run(61, value=9.0)
    assert cloudwatch.state() == "OK"


def test_a_deleted_alarm_is_evaluated_no_more(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm()
    cloudwatch.run(60, value=1.0)
    cloudwatch.monitoring.delete_alarms(ACCOUNT, REGION, ["a", "never there"], cloudwatch.now)
    told = len(cloudwatch.told)
    cloudwatch.run(180, value=9.0)
    assert len(cloudwatch.told) == told


def test_an_action_that_fails_is_history_and_disturbs_no_other_alarm(cloudwatch: Virtual) -> None:
    def fail(transition: object) -> None:
        raise RuntimeError("not today")

    cloudwatch.monitoring.actions.register("arn:aws:lambda:", fail)
    cloudwatch.put_alarm("a", AlarmActions=["arn:aws:lambda:x", "arn:aws:ssm:y", TOPIC])
    cloudwatch.put_alarm("b", MetricName="a")
    cloudwatch.run(180, value=9.0)
    assert sorted(cloudwatch.actions()) == [("a", "ALARM"), ("b", "ALARM")]
    assert cloudwatch.history(alarm_name="a", kind="Action") == [
        'Failed to execute action arn:aws:lambda:x. Received error: "not today"',
        'Failed to execute action arn:aws:ssm:y. Received error: "The twin carries out no actions of the kind of '
        'arn:aws:ssm:y."',
        f"Successfully executed action {TOPIC}",
    ]


def test_an_alarm_that_cannot_be_evaluated_disturbs_no_other(
    cloudwatch: Virtual, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudwatch.put_alarm("broken").document["Statistic"] = "Nonsense"
    cloudwatch.put_alarm()
    cloudwatch.run(180, value=9.0)
    assert cloudwatch.state() == "ALARM"
    assert "Nonsense" in capsys.readouterr().err


def test_an_alarm_on_an_expression_is_evaluated(cloudwatch: Virtual) -> None:
    def query(name: str) -> dict[str, object]:
        stat = {"Metric": {"Namespace": "Estate", "MetricName": name}, "Period": 60, "Stat": "Sum"}
        return {"Id": name, "MetricStat": stat, "ReturnData": False}

    single = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    cloudwatch.put_alarm(
        **single,  # type: ignore[arg-type]
        Metrics=[query("a"), query("b"), {"Id": "ratio", "Expression": "100 * FILL(b, 0) / a"}],
    )
    cloudwatch.run(120, value=10.0)
    assert cloudwatch.state() == "OK"
    for _ in range(3):
        cloudwatch.put(1.0, "b")
        cloudwatch.run(60, value=10.0)
    assert cloudwatch.state() == "ALARM"


def test_history_tells_what_became_of_an_alarm(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm()
    cloudwatch.run(180, value=9.0)
    cloudwatch.monitoring.delete_alarms(ACCOUNT, REGION, ["a"], cloudwatch.now)
    assert cloudwatch.history() == [
        'Alarm "a" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f"Successfully executed action {TOPIC}",
        'Alarm "a" deleted',
    ]


def test_history_is_filtered_by_alarm_kind_and_time(cloudwatch: Virtual) -> None:
    cloudwatch.put_alarm("a")
    cloudwatch.run(10)
    cloudwatch.put_alarm("b")
    cloudwatch.set_state(State.OK, "b")
    assert cloudwatch.history(kind="StateUpdate") == ["Alarm updated from INSUFFICIENT_DATA to OK"]
    assert cloudwatch.history(end=START + 5) == ['Alarm "a" created']
    assert cloudwatch.history(alarm_name="b", begin=START + 5)[0] == 'Alarm "b" created'
