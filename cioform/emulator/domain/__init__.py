"""What Customer.io does: audiences, sends, workflows, metrics."""
