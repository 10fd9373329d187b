import { isReadOnlySql } from '../../src/planner/read-only-sql.js'

test.each([
  'select 1',
  'SELECT count(*), max("id") FROM "User" WHERE name = $1;',
  ' select * from a join b on a.id = b.id where a.x in (select x from c) order by coalesce(y, 0) limit 5',
  'values (1), (2)',
  'table "User"',
])('reads only: %s', (sql) => expect(isReadOnlySql(sql)).toBe(true))

test.each([
  'update "User" set name = $1',
  'with gone as (delete from a returning *) select * from gone',
  'select 1; delete from a',
  'select * into b from a',
  'select nextval($1)',
  'select my_function(1)',
  'select "my_function"(1)',
  'select * from a for update',
  'select pg_sleep(1)',
  'call refresh()',
  'explain analyze delete from a',
  'refresh materialized view v',
  'merge into a using b on true when matched then delete',
  '-- select\nupdate a set x = 1',
  '/* c */ select lo_import($1)',
  '',
])('may write: %s', (sql) => expect(isReadOnlySql(sql)).toBe(false))
