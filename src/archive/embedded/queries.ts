/** What is asked of the past, as SQL. */

/**
 * Lives that overlap [:from, :to]. Those that go on are few. Of those that ended, a class of lengths below 2^n ms that
 * touches the span ends within 2^n ms of it: one short stretch of the index for each class.
 */
const alive = (from: string, to: string) => `
  classes (class) as (select 0 union all select class + 1 from classes where class < 44),
  alive (life) as (
    select life from lives where deleted is null and created <= ${to}
    union all
    select l.life from classes c cross join lives l on l.class = c.class and l.deleted > ${from}
      and l.deleted <= ${to} + (2 << c.class) and l.created <= ${to})`;

/** In the order of VersionRow. */
const COLUMNS = (deleted: string, validTo: string) => `
  select e.kind, e.id, v.metadata, s.words, l.created, v.since, ${deleted}, ${validTo}, v.recorded, v.revision,
    l.parent, l.child, e.element, e.counted`;

const NEXT = '(select min(n.since) from versions n where n.life = v.life and n.since > v.since)';

const DETAILS = 'cross join elements e on e.element = l.element cross join sources s on s.source = v.source';

export const AT = `with recursive ${alive(':at', ':at')}
  ${COLUMNS('l.deleted', `ifnull(${NEXT}, l.deleted)`)}
  from alive a cross join lives l on l.life = a.life
  cross join versions v on v.version = (select x.version from versions x
    where x.life = l.life and x.since <= :at order by x.since desc limit 1)
  ${DETAILS}`;

/**
 * As `AT`, without all that was recorded later: the ends of lives too. That another life of the id had begun was known
 * before it was told when this one had ended.
 */
export const KNOWN_AT = `with known (life, deleted) as (
    select l.life, iif(l.deleted is null or l.deleted_recorded <= :known, l.deleted,
      (select n.created from lives n where n.element = l.element and n.created > l.created
        and exists (select 1 from versions v where v.life = n.life and v.recorded <= :known) order by n.created limit 1))
    from lives l where l.created <= :at)
  ${COLUMNS(
    'k.deleted',
    `ifnull((select min(n.since) from versions n
    where n.life = v.life and n.since > v.since and n.recorded <= :known), k.deleted)`,
  )}
  from known k cross join lives l on l.life = k.life
  cross join versions v on v.version = (select x.version from versions x
    where x.life = l.life and x.since <= :at and x.recorded <= :known order by x.since desc limit 1)
  ${DETAILS}
  where k.deleted is null or k.deleted > :at`;

const OVERLAPPING = `v.life = l.life and v.since <= :to and v.since >= ifnull((select max(x.since) from versions x
    where x.life = l.life and x.since <= :from), v.since) and (l.deleted is null or v.since < l.deleted)`;

export const BETWEEN = `with recursive ${alive(':from', ':to')}
  ${COLUMNS('l.deleted', `ifnull(${NEXT}, l.deleted)`)}
  from alive a cross join lives l on l.life = a.life
  cross join versions v on ${OVERLAPPING}
  ${DETAILS}`;

export const OF_IDS = `
  ${COLUMNS('l.deleted', `ifnull(${NEXT}, l.deleted)`)}
  from json_each(:ids) i cross join elements e on e.id = i.value
  cross join lives l on l.element = e.element and l.created <= :to and (l.deleted is null or l.deleted > :from)
  cross join versions v on ${OVERLAPPING}
  cross join sources s on s.source = v.source
  order by i.key, e.kind, l.created, v.since`;

export const OPEN = `
  ${COLUMNS('null', 'null')}
  from lives l cross join versions v on v.version = (select x.version from versions x
    where x.life = l.life order by x.since desc limit 1)
  ${DETAILS}
  where l.deleted is null order by l.created, l.life`;

export const SAMPLES = `select e.id, s.start, s.last, w.names, s.counts
  from json_each(:ids) i cross join elements e on e.id = i.value
  cross join samples s on s.element = e.element and s.series = (select series from series where name = :series)
    and s.last > :from
  cross join shapes w on w.shape = s.shape
  where s.start < :to order by i.key, s.last`;

/** The newest sample of each series of the given lives, as pairs of element and birth. */
export const COUNTERS = `select e.id, r.name, s.start, s.last, w.names, s.counts, t.names, s.totals
  from json_each(:lives) i cross join elements e on e.element = i.value ->> 0 cross join series r
  cross join samples s on s.sample = (select x.sample from samples x where x.element = e.element
    and x.series = r.series and x.last <= :at order by x.last desc limit 1)
  cross join shapes w on w.shape = s.shape left join shapes t on t.shape = s.total_shape
  where s.last >= i.value ->> 1`;

const DUMPED_VERSIONS = (from: string) => `
  ${COLUMNS('l.deleted', `ifnull(${NEXT}, l.deleted)`)}, v.version, l.deleted_recorded
  from ${from} cross join lives l on l.life = v.life
  ${DETAILS}`;

/** Every version, in the order they were written. */
export const DUMP_VERSIONS = `${DUMPED_VERSIONS('versions v')}
  where v.version > :after order by v.version limit :rowsMax`;

const DUMPED_SAMPLES = (from: string) => `
  select s.sample, e.id, r.name, s.start, s.last, w.names, s.counts, t.names, s.totals
  from ${from} cross join elements e on e.element = s.element cross join series r on r.series = s.series
  cross join shapes w on w.shape = s.shape left join shapes t on t.shape = s.total_shape`;

export const DUMP_SAMPLES = `${DUMPED_SAMPLES('samples s')}
  where s.sample > :after order by s.sample limit :rowsMax`;

/** Those with the numbers of a list, in its order. */
export const ROWS_OF_VERSIONS = `${DUMPED_VERSIONS('json_each(:rows) i cross join versions v on v.version = i.value')}
  order by i.key`;

export const ROWS_OF_SAMPLES = `${DUMPED_SAMPLES('json_each(:rows) i cross join samples s on s.sample = i.value')}
  order by i.key`;

export const VERSIONS_IN = `with recursive ${alive(':from', ':to')}
  select v.version from alive a cross join lives l on l.life = a.life
  cross join versions v on ${OVERLAPPING} and v.version > :after
  order by v.version`;

/** Of each series of an element those that touch the span, and the newest that ended before. */
export const SAMPLES_IN = `select s.sample from elements e cross join series r
  cross join samples s on s.element = e.element and s.series = r.series
    and s.last >= ifnull((select max(x.last) from samples x
      where x.element = e.element and x.series = r.series and x.last <= :from), :from)
  where e.counted = 1 and s.start <= :to and s.sample > :after
  order by s.sample`;
