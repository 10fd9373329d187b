export const checkingId = (customerId: number): string => `checking-${customerId}`
export const savingsId = (customerId: number): string => `savings-${customerId}`
