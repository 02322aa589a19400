"""Who is who: matching, looking somebody up, reviews, merging."""
