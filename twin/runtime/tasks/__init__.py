"""Tasks of services, as ECS on Fargate schedules them: each is one real process, forked by a host of its zone."""
