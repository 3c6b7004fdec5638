package crossbeat.campaign;

/** The settings: what makes a campaign, and what makes an indicator one that matches everything. Times in milliseconds. */
record Limits(int districts, int reports, long window, int muteDays, int muteReports, long baseline, long holds, boolean tellAll) {}
