"""What an auditor's console does with logs: fetch them, keep them, hold them against one another."""
