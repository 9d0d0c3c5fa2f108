-- name: commit_event
-- Write one decided event; $1 is a crm.commits.Commit, the answer a storage.commits.StoredAnswer.
select commit_event($1)
