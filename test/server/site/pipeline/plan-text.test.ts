import { expect, test } from 'vitest';
import { planText } from '../../../../src/server/site/pipeline/plan-text.js';

test('a plan is a tree of steps with the rows that came of each', () => {
  const plan = [
    {
      Plan: {
        ...{ 'Node Type': 'Hash Join', 'Join Type': 'Left', 'Plan Rows': 900, 'Actual Rows': 1000 },
        'Actual Loops': 1,
        Plans: [
          {
            ...{ 'Node Type': 'Seq Scan', Schema: 'silver', 'Relation Name': 'customer' },
            ...{ 'Plan Rows': 10, 'Actual Rows': 1000, 'Actual Loops': 2 },
          },
          { 'Node Type': 'Hash', 'Plan Rows': 5, 'Actual Rows': 0, 'Actual Loops': 0 },
        ],
      },
      'Execution Time': 12.5,
    },
  ];
  expect(planText(plan)).toBe(
    [
      'Hash Join (left) · 1,000 rows',
      '  → Seq Scan on silver.customer · 1,000 rows × 2 (10 expected)',
      '  → Hash · never run',
    ].join('\n'),
  );
});

test('what is no plan is shown as it stands', () => {
  expect(planText('Seq Scan')).toBe('Seq Scan');
  expect(planText({ a: 1 })).toBe('{\n  "a": 1\n}');
});
