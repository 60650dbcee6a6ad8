"""The other scans that a reviewer asks for beside Checkov's; each gives one `compliance.results.AnalysisResult`."""
