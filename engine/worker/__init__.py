"""Who runs a job next: drivers and the timetable."""
