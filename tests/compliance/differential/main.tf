# The estate of tests/compliance/mutations/program, written by hand as somebody would write it for Terraform.

terraform {
  required_version = ">= 1.9.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "eu-west-2"
}

locals {
  key           = "arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"
  acl_logs      = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-edge"
}

# ---------------------------------------------------------------------------------------------- compute

resource "aws_iam_instance_profile" "instance-profile" {
  role = "compute"
}

resource "aws_instance" "instance" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  monitoring                  = true
  ebs_optimized               = true
  iam_instance_profile        = aws_iam_instance_profile.instance-profile.name
  associate_public_ip_address = false

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  root_block_device {
    encrypted  = true
    kms_key_id = local.key
  }
}

resource "aws_launch_template" "launch-template" {
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted = true
    }
  }
}

resource "aws_ecs_cluster" "cluster" {
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "task-definition" {
  family             = "app"
  network_mode       = "awsvpc"
  execution_role_arn = "arn:aws:iam::123456789012:role/compute"
  task_role_arn      = "arn:aws:iam::123456789012:role/compute"
  container_definitions = jsonencode([
    { name = "app", image = "app@sha256:0", readonlyRootFilesystem = true }
  ])

  volume {
    name = "shared"
    efs_volume_configuration {
      file_system_id     = "fs-0123"
      transit_encryption = "ENABLED"
    }
  }
}

resource "aws_ecs_service" "service" {
  cluster          = aws_ecs_cluster.cluster.arn
  task_definition  = aws_ecs_task_definition.task-definition.arn
  launch_type      = "FARGATE"
  platform_version = "LATEST"

  network_configuration {
    subnets          = ["subnet-1"]
    assign_public_ip = false
  }
}

resource "aws_lambda_code_signing_config" "code-signing" {
  allowed_publishers {
    signing_profile_version_arns = ["arn:aws:signer:eu-west-2:123456789012:/signing-profiles/p/1"]
  }
}

resource "aws_lambda_function" "function" {
  function_name                  = "rotate"
  role                           = "arn:aws:iam::123456789012:role/compute"
  runtime                        = "python3.13"
  handler                        = "app.main"
  s3_bucket                      = "code"
  s3_key                         = "app.zip"
  code_signing_config_arn        = aws_lambda_code_signing_config.code-signing.arn
  kms_key_arn                    = local.key
  reserved_concurrent_executions = 2

  tracing_config {
    mode = "Active"
  }

  dead_letter_config {
    target_arn = "arn:aws:sqs:eu-west-2:123456789012:dead"
  }

  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }

  environment {
    variables = {
      STAGE = "test"
    }
  }
}

resource "aws_lambda_permission" "function-permission" {
  action        = "lambda:InvokeFunction"
  function_name = "rotate"
  principal     = "sns.amazonaws.com"
  source_arn    = "arn:aws:sns:eu-west-2:123456789012:topic"
}

# ---------------------------------------------------------------------------------------------- network

resource "aws_vpc" "vpc" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_flow_log" "flow-log" {
  vpc_id               = aws_vpc.vpc.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::flow-logs"
}

resource "aws_default_security_group" "default-group" {
  vpc_id = aws_vpc.vpc.id
}

resource "aws_subnet" "subnet-a" {
  vpc_id                  = aws_vpc.vpc.id
  cidr_block              = "10.0.1.0/24"
  availability_zone       = "eu-west-2a"
  map_public_ip_on_launch = false
}

resource "aws_subnet" "subnet-b" {
  vpc_id                  = aws_vpc.vpc.id
  cidr_block              = "10.0.2.0/24"
  availability_zone       = "eu-west-2b"
  map_public_ip_on_launch = false
}

resource "aws_network_acl" "network-acl" {
  vpc_id     = aws_vpc.vpc.id
  subnet_ids = [aws_subnet.subnet-a.id, aws_subnet.subnet-b.id]
}

resource "aws_security_group" "security-group" {
  description = "The load balancer"
  vpc_id      = aws_vpc.vpc.id

  ingress {
    description = "HTTPS from the network"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_vpc_security_group_ingress_rule" "ingress-rule" {
  security_group_id = aws_security_group.security-group.id
  description       = "Administration from the network"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_lb" "load-balancer" {
  internal                   = true
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.security-group.id]
  subnets                    = [aws_subnet.subnet-a.id, aws_subnet.subnet-b.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = true

  access_logs {
    bucket  = "logs"
    enabled = true
  }
}

resource "aws_lb_target_group" "target-group" {
  port     = 443
  protocol = "HTTPS"
  vpc_id   = aws_vpc.vpc.id

  health_check {
    path     = "/health"
    protocol = "HTTPS"
  }
}

resource "aws_lb_listener" "listener" {
  load_balancer_arn = aws_lb.load-balancer.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:eu-west-2:123456789012:certificate/0"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.target-group.arn
  }
}

resource "aws_wafv2_web_acl" "balancer-acl" {
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "balancer"
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "acl-association" {
  resource_arn = aws_lb.load-balancer.arn
  web_acl_arn  = aws_wafv2_web_acl.balancer-acl.arn
}

# ---------------------------------------------------------------------------------------------- storage

resource "aws_s3_bucket" "records-bucket" {
  bucket = "records"
}

resource "aws_s3_bucket_public_access_block" "records-public-access" {
  bucket                  = aws_s3_bucket.records-bucket.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "records-versioning" {
  bucket = aws_s3_bucket.records-bucket.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "records-encryption" {
  bucket = aws_s3_bucket.records-bucket.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.key
    }
  }
}

resource "aws_s3_bucket_logging" "records-logging" {
  bucket        = aws_s3_bucket.records-bucket.bucket
  target_bucket = "logs"
  target_prefix = "records"
}

resource "aws_s3_bucket_lifecycle_configuration" "records-lifecycle" {
  bucket = aws_s3_bucket.records-bucket.id

  rule {
    id     = "old"
    status = "Enabled"
    filter {
      prefix = ""
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_notification" "records-notification" {
  bucket      = aws_s3_bucket.records-bucket.id
  eventbridge = true
}

resource "aws_s3_bucket_replication_configuration" "records-replication" {
  bucket = aws_s3_bucket.records-bucket.id
  role   = "arn:aws:iam::123456789012:role/replication"

  rule {
    status = "Enabled"
    destination {
      bucket = "arn:aws:s3:::copy"
    }
  }
}

resource "aws_s3_bucket" "letters-bucket" {
  bucket = "letters"
}

resource "aws_s3_bucket_public_access_block" "letters-public-access" {
  bucket                  = aws_s3_bucket.letters-bucket.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "letters-versioning" {
  bucket = aws_s3_bucket.letters-bucket.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "letters-encryption" {
  bucket = aws_s3_bucket.letters-bucket.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.key
    }
  }
}

resource "aws_s3_bucket_logging" "letters-logging" {
  bucket        = aws_s3_bucket.letters-bucket.bucket
  target_bucket = "logs"
  target_prefix = "letters"
}

resource "aws_s3_bucket_lifecycle_configuration" "letters-lifecycle" {
  bucket = aws_s3_bucket.letters-bucket.id

  rule {
    id     = "old"
    status = "Enabled"
    filter {
      prefix = ""
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_notification" "letters-notification" {
  bucket      = aws_s3_bucket.letters-bucket.id
  eventbridge = true
}

resource "aws_s3_bucket_replication_configuration" "letters-replication" {
  bucket = aws_s3_bucket.letters-bucket.id
  role   = "arn:aws:iam::123456789012:role/replication"

  rule {
    status = "Enabled"
    destination {
      bucket = "arn:aws:s3:::copy"
    }
  }
}

resource "aws_s3_bucket_policy" "bucket-policy" {
  bucket = "letters"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:role/replication" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::letters/*"
    }]
  })
}

resource "aws_ebs_volume" "volume" {
  availability_zone = "eu-west-2a"
  size              = 8
  encrypted         = true
  kms_key_id        = local.key
}

resource "aws_efs_file_system" "file-system" {
  encrypted  = true
  kms_key_id = local.key
}

resource "aws_efs_access_point" "access-point" {
  file_system_id = "fs-0123"

  root_directory {
    path = "/app"
  }

  posix_user {
    uid = 1000
    gid = 1000
  }
}

resource "aws_backup_vault" "vault" {
  kms_key_arn = local.key
}

# --------------------------------------------------------------------------------------------- database

resource "aws_rds_cluster" "aurora" {
  engine                              = "aurora-postgresql"
  storage_encrypted                   = true
  kms_key_id                          = local.key
  deletion_protection                 = true
  iam_database_authentication_enabled = true
  copy_tags_to_snapshot               = true
  backup_retention_period             = 7
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  manage_master_user_password         = true
  master_username                     = "root"
}

resource "aws_rds_cluster_instance" "aurora-0" {
  cluster_identifier              = aws_rds_cluster.aurora.id
  engine                          = "aurora-postgresql"
  instance_class                  = "db.r6g.large"
  auto_minor_version_upgrade      = true
  monitoring_interval             = 60
  monitoring_role_arn             = "arn:aws:iam::123456789012:role/monitoring"
  performance_insights_enabled    = true
  performance_insights_kms_key_id = local.key
  publicly_accessible             = false
}

resource "aws_rds_cluster_instance" "aurora-1" {
  cluster_identifier              = aws_rds_cluster.aurora.id
  engine                          = "aurora-postgresql"
  instance_class                  = "db.r6g.large"
  auto_minor_version_upgrade      = true
  monitoring_interval             = 60
  monitoring_role_arn             = "arn:aws:iam::123456789012:role/monitoring"
  performance_insights_enabled    = true
  performance_insights_kms_key_id = local.key
  publicly_accessible             = false
}

resource "aws_db_instance" "postgres" {
  engine                              = "postgres"
  instance_class                      = "db.t4g.medium"
  allocated_storage                   = 20
  storage_encrypted                   = true
  kms_key_id                          = local.key
  publicly_accessible                 = false
  multi_az                            = true
  deletion_protection                 = true
  auto_minor_version_upgrade          = true
  iam_database_authentication_enabled = true
  monitoring_interval                 = 60
  monitoring_role_arn                 = "arn:aws:iam::123456789012:role/monitoring"
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = local.key
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  copy_tags_to_snapshot               = true
  backup_retention_period             = 7
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
}

resource "aws_dynamodb_table" "table" {
  hash_key                    = "id"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key
  }
}

resource "aws_elasticache_replication_group" "cache" {
  description                = "Sessions"
  engine                     = "valkey"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  auth_token                 = "placeholder-of-a-token"
  kms_key_id                 = local.key
}

# ------------------------------------------------------------------------------------------------- keys

resource "aws_kms_key" "key" {
  enable_key_rotation = true
  is_enabled          = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_secretsmanager_secret" "secret" {
  name       = "partner"
  kms_key_id = aws_kms_key.key.arn
}

resource "aws_secretsmanager_secret_rotation" "rotation" {
  secret_id           = aws_secretsmanager_secret.secret.id
  rotation_lambda_arn = "arn:aws:lambda:eu-west-2:123456789012:function:rotate"

  rotation_rules {
    automatically_after_days = 30
  }
}

resource "aws_ssm_parameter" "parameter" {
  type   = "SecureString"
  key_id = aws_kms_key.key.id
  value  = "x"
}

resource "aws_cloudwatch_log_group" "log-group" {
  retention_in_days = 400
  kms_key_id        = aws_kms_key.key.arn
}

resource "aws_cloudtrail" "trail" {
  s3_bucket_name             = "audit"
  is_multi_region_trail      = true
  enable_log_file_validation = true
  kms_key_id                 = aws_kms_key.key.arn
  cloud_watch_logs_group_arn = "arn:aws:logs:eu-west-2:123456789012:log-group:audit:*"
  sns_topic_name             = "audit"
}

# --------------------------------------------------------------------------------------------- identity

resource "aws_iam_role" "role" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_policy" "policy" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:aws:s3:::records/*"
    }]
  })
}

resource "aws_iam_role_policy" "role-policy" {
  role = aws_iam_role.role.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "sqs:SendMessage"
      Resource = "arn:aws:sqs:eu-west-2:1:q"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "attachment" {
  role       = aws_iam_role.role.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_account_password_policy" "password-policy" {
  minimum_password_length        = 16
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  password_reuse_prevention      = 24
  max_password_age               = 90
}

resource "aws_iam_group" "group" {
}

resource "aws_iam_user" "user" {
}

resource "aws_iam_group_membership" "membership" {
  group = aws_iam_group.group.name
  users = [aws_iam_user.user.name]
}

# -------------------------------------------------------------------------------------------- messaging

resource "aws_kms_key" "messages-key" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_sqs_queue" "queue" {
  kms_master_key_id = aws_kms_key.messages-key.arn
}

resource "aws_sqs_queue_policy" "queue-policy" {
  queue_url = aws_sqs_queue.queue.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:role/sender" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.queue.arn
    }]
  })
}

resource "aws_sns_topic" "topic" {
  kms_master_key_id = aws_kms_key.messages-key.id
}

resource "aws_sns_topic_subscription" "subscription" {
  topic_arn = aws_sns_topic.topic.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.queue.arn
}

resource "aws_kinesis_stream" "stream" {
  shard_count     = 1
  encryption_type = "KMS"
  kms_key_id      = aws_kms_key.messages-key.arn
}

resource "aws_kinesis_firehose_delivery_stream" "delivery" {
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn   = "arn:aws:iam::123456789012:role/delivery"
    bucket_arn = "arn:aws:s3:::lake"
  }

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.messages-key.arn
  }
}

# ------------------------------------------------------------------------------------------------- edge

resource "aws_wafv2_web_acl" "acl" {
  scope  = "CLOUDFRONT"
  region = "us-east-1"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "edge"
    sampled_requests_enabled   = true
  }

  rule {
    name     = "known-bad-inputs"
    priority = 1

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
        vendor_name = "AWS"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "edge"
      sampled_requests_enabled   = true
    }
  }
}

resource "aws_wafv2_web_acl_logging_configuration" "acl-logging" {
  resource_arn            = aws_wafv2_web_acl.acl.arn
  log_destination_configs = [local.acl_logs]
}

resource "aws_cloudfront_response_headers_policy" "headers" {
  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      preload                    = true
      override                   = true
    }
  }
}

resource "aws_cloudfront_distribution" "distribution" {
  enabled             = true
  default_root_object = "index.html"
  web_acl_id          = aws_wafv2_web_acl.acl.arn

  origin {
    origin_id   = "first"
    domain_name = "a.example.gov.scot"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  origin {
    origin_id   = "second"
    domain_name = "b.example.gov.scot"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  origin_group {
    origin_id = "both"
    failover_criteria {
      status_codes = [502, 503]
    }
    member {
      origin_id = "first"
    }
    member {
      origin_id = "second"
    }
  }

  default_cache_behavior {
    target_origin_id           = "both"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    response_headers_policy_id = aws_cloudfront_response_headers_policy.headers.id
  }

  logging_config {
    bucket = "logs.s3.amazonaws.com"
  }

  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = ["GB"]
    }
  }

  viewer_certificate {
    acm_certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/0"
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_api_gateway_stage" "stage" {
  rest_api_id           = "api"
  deployment_id         = "deployment"
  stage_name            = "live"
  xray_tracing_enabled  = true
  cache_cluster_enabled = true

  access_log_settings {
    destination_arn = "arn:aws:logs:eu-west-2:123456789012:log-group:api"
    format          = "$context.requestId"
  }
}

resource "aws_api_gateway_method_settings" "method-settings" {
  rest_api_id = "api"
  stage_name  = "live"
  method_path = "*/*"

  settings {
    caching_enabled      = true
    cache_data_encrypted = true
    metrics_enabled      = true
    logging_level        = "ERROR"
    data_trace_enabled   = false
  }
}

resource "aws_api_gateway_domain_name" "domain" {
  domain_name              = "api.example.gov.scot"
  security_policy          = "TLS_1_2"
  regional_certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/0"
}

# ------------------------------------------------------------------------------------------------- bare

resource "aws_s3_bucket" "bare-bucket" {
}

resource "aws_ebs_volume" "bare-volume" {
  availability_zone = "eu-west-2a"
  size              = 1
}

resource "aws_db_instance" "bare-postgres" {
  instance_class = "db.t4g.micro"
  engine         = "postgres"
}

resource "aws_rds_cluster" "bare-aurora" {
  engine = "aurora-mysql"
}

resource "aws_docdb_cluster" "bare-documents" {
  engine = "docdb"
}

resource "aws_neptune_cluster" "bare-graph" {
}

resource "aws_redshift_cluster" "bare-warehouse" {
  cluster_identifier = "bare"
  node_type          = "ra3.large"
}

resource "aws_dynamodb_table" "bare-table" {
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_elasticache_replication_group" "bare-cache" {
  description = "Bare"
}

resource "aws_opensearch_domain" "bare-search" {
}

resource "aws_sqs_queue" "bare-queue" {
}

resource "aws_sns_topic" "bare-topic" {
}

resource "aws_kinesis_stream" "bare-stream" {
}

resource "aws_efs_file_system" "bare-files" {
}

resource "aws_instance" "bare-instance" {
  ami           = "ami-0"
  instance_type = "t3.micro"
}

resource "aws_lambda_function" "bare-function" {
  function_name = "bare"
  role          = "arn:aws:iam::123456789012:role/bare"
  runtime       = "python3.8"
  handler       = "a.b"
  s3_bucket     = "b"
  s3_key        = "k"
}

resource "aws_ecr_repository" "bare-images" {
  name = "bare"
}

resource "aws_ecs_cluster" "bare-containers" {
}

resource "aws_eks_cluster" "bare-kubernetes" {
  role_arn = "arn:aws:iam::123456789012:role/bare"
  vpc_config {
    subnet_ids = ["subnet-1"]
  }
}

resource "aws_msk_cluster" "bare-log" {
  kafka_version          = "3.8.x"
  number_of_broker_nodes = 3
  broker_node_group_info {
    instance_type   = "kafka.m7g.large"
    client_subnets  = ["subnet-1"]
    security_groups = ["sg-1"]
  }
}

resource "aws_batch_job_definition" "bare-job" {
  name                 = "bare"
  type                 = "container"
  container_properties = jsonencode({ image = "a", privileged = true })
}

resource "aws_kms_key" "bare-key" {
}

resource "aws_secretsmanager_secret" "bare-secret" {
}

resource "aws_iam_policy" "bare-policy" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

resource "aws_security_group" "bare-group" {
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "bare-balancer" {
  security_groups = [aws_security_group.bare-group.id]
}

resource "aws_lb_listener" "bare-listener" {
  load_balancer_arn = aws_lb.bare-balancer.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = "arn:aws:targets"
  }
}

resource "aws_cloudtrail" "bare-trail" {
  s3_bucket_name = "audit"
}

resource "aws_cloudwatch_log_group" "bare-logs" {
}

resource "aws_cloudfront_distribution" "bare-edge" {
  enabled = true
  origin {
    origin_id   = "o"
    domain_name = "a.example.gov.scot"
  }
  default_cache_behavior {
    target_origin_id       = "o"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
