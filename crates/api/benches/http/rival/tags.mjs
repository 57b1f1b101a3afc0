// Relations that the schema does not declare as foreign keys: days belong to employees.
import { makePgSmartTagsPlugin } from "postgraphile/utils";

export const pgSmartTags = makePgSmartTagsPlugin({
  kind: "class",
  match: "attendance.day",
  tags: { foreignKey: "(organization_id, employee_id) references app.employee (organization_id, employee_id)" },
});
