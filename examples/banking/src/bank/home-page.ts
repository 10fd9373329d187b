/** The one counter that every call of every client increments: the hot row. */
export const HOME_PAGE = 'home'
