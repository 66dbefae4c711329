"""The pages, for people: HTML in Chinese and English, readable without JavaScript.

A page is a view on the blueprint `routes.pages`, a line in app/permissions.table, a template, and the sentences of its
template in catalogue/*.po. It calls the services directly, in the request's one session, and commits once. A page that
anyone may read has no session: it does not know who reads it, so that nobody can see who looks at which tender.
"""
