-- Who works for many offices walks along the due dates of a region. The office
-- stands in these indexes, so that rows of other offices are passed over
-- without being fetched.
DROP INDEX casework_task_hall;
DROP INDEX casework_task_region;
CREATE INDEX casework_task_hall ON casework_task (region, role, due_at, id, org) WHERE state = 'open' AND assignee = '';
CREATE INDEX casework_task_region ON casework_task (region, due_at, id, org) WHERE state = 'open';
