export interface Target {
  prefix: string;
  target: string;
}

export const targets: Target[] = [
  { prefix: '/api/students', target: process.env.STUDENT_SERVICE_URL || 'http://student-service:3000' },
  { prefix: '/api/courses', target: process.env.COURSE_SERVICE_URL || 'http://course-service:3000' },
  { prefix: '/api/bookings', target: process.env.BOOKING_SERVICE_URL || 'http://booking-service:3000' },
  { prefix: '/api/admin', target: process.env.ADMIN_SERVICE_URL || 'http://admin-service:3000' },
  { prefix: '/api/auth/student', target: process.env.STUDENT_AUTH_SERVICE_URL || 'http://student-auth-service:3000' },
  { prefix: '/api/auth/trainer', target: process.env.TRAINER_AUTH_SERVICE_URL || 'http://trainer-auth-service:3000' },
];
