"""The behavior of Customer.io: audiences, sends, workflows, metrics."""
