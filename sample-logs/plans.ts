import { chooseByWeight, type Random } from './random.js';

/** A plan of the service, and what its customers are like. All weights are out of a thousand. */
interface Plan {
  name: string;
  /** How many choose it at sign-up. */
  weight: number;
  /** How eagerly its customers leave, against the average. */
  leaving: number;
  /** How many change to which other plan (an index) as their next. */
  changes: readonly { to: number; weight: number }[];
}

/** Nobody leaves the silver plan, as in real logs of this kind. */
export const plans: readonly Plan[] = [
  {
    name: 'PLAN_BRONZE',
    weight: 607,
    leaving: 1.15,
    changes: [
      { to: 1, weight: 110 },
      { to: 2, weight: 31 },
    ],
  },
  { name: 'PLAN_SILVER', weight: 200, leaving: 0.8, changes: [] },
  {
    name: 'PLAN_GOLD',
    weight: 193,
    leaving: 0.7,
    changes: [
      { to: 0, weight: 98 },
      { to: 1, weight: 83 },
    ],
  },
];

/** The plan that a new customer chooses, as an index of {@link plans}. */
export function choosePlan(random: Random): number {
  return chooseByWeight(random, plans) ?? 0;
}

/** The plan that a customer of a plan will change to; most will not: undefined. */
export function chooseNextPlan(random: Random, plan: number): number | undefined {
  const changes = plans[plan]?.changes ?? [];
  const chosen = chooseByWeight(random, changes);
  return chosen === undefined ? undefined : changes[chosen]?.to;
}
